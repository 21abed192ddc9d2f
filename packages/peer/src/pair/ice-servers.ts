/** Says which ICE servers to use now. */
export type IceServerSource = () => readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>;
